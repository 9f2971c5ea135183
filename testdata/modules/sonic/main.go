// Command sonic compiles an encoder at run time and registers it as a module of the runtime.
package main

import (
	"fmt"

	"github.com/bytedance/sonic"
)

func main() {
	text, err := sonic.Marshal(map[string][]int{"a": {1, 2}})
	back := map[string][]int{}
	fmt.Println(string(text), err, sonic.Unmarshal(text, &back), back)
}
