// Command ugorji reads and writes a map; the codec declares a result of mapiternext that it has not.
package main

import (
	"fmt"

	"github.com/ugorji/go/codec"
)

func main() {
	var text []byte
	handle := &codec.JsonHandle{}
	err := codec.NewEncoderBytes(&text, handle).Encode(map[string][]int{"a": {1, 2}})
	back := map[string][]int{}
	fmt.Println(string(text), err, codec.NewDecoderBytes(text, handle).Decode(&back), back)
}
