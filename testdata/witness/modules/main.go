// Package main imports modules that use go:linkname, for tests that hold gonym against go/types.
package main

import (
	_ "github.com/bytedance/sonic"
	_ "github.com/ebitengine/purego"
	_ "github.com/goccy/go-json"
	_ "github.com/json-iterator/go"
	_ "github.com/modern-go/reflect2"
	_ "github.com/quic-go/quic-go"
	_ "github.com/ugorji/go/codec"
	_ "golang.zx2c4.com/wireguard/device"
	_ "gvisor.dev/gvisor/pkg/sync"
	_ "gvisor.dev/gvisor/pkg/sleep"
)

func main() {}
