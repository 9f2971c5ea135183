// Command records reads and writes JSON, so that reflection finds methods.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

type colour int

func (c colour) MarshalText() ([]byte, error) { return []byte(fmt.Sprint(int(c))), nil }

func (c *colour) UnmarshalText(text []byte) error {
	_, err := fmt.Sscan(string(text), (*int)(c))
	return err
}

type record struct {
	Name   string
	Colour colour
	Next   *record
}

func main() {
	var one record
	if err := json.NewDecoder(os.Stdin).Decode(&one); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(one); err != nil {
		os.Exit(1)
	}
}
