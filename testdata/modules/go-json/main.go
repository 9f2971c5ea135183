// Command go-json reads and writes a map by pulled functions of reflect and runtime.
package main

import (
	"fmt"

	"github.com/goccy/go-json"
)

func main() {
	text, err := json.Marshal(map[string][]int{"a": {1, 2}})
	back := map[string][]int{}
	fmt.Println(string(text), err, json.Unmarshal(text, &back), back)
}
