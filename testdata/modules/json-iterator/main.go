// Command json-iterator reads and writes values by reflect2, which pulls reflect's map iterators.
package main

import (
	"fmt"

	jsoniter "github.com/json-iterator/go"
)

func main() {
	text, err := jsoniter.ConfigCompatibleWithStandardLibrary.Marshal(map[string][]int{"a": {1, 2}})
	back := map[string][]int{}
	fmt.Println(string(text), err, jsoniter.Unmarshal(text, &back), back)
}
