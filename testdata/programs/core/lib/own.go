//go:build go1.22

package lib

import _ "unsafe"

// Linkers up to 1.21 panic on this directive ("bad carrier sym"), so older builds do without it.
//
//gonym:expect example.com/core/lib.ownAssembly=example.com/core/lib.ownAssembly no-trace/own-assembly when go>=1.22
//gonym:source one-arg func example.com/core/lib.ownAssembly=example.com/core/lib.ownAssembly no-trace/own-assembly when go>=1.22
//go:linkname ownAssembly
