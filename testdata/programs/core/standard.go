package main

import (
	"sync"
	"time"
	_ "unsafe"
)

//gonym:expect main.nano=runtime.nanotime in-effect/referenced shows "main.standard calls runtime.nanotime"
//gonym:source pull func main.nano=runtime.nanotime in-effect/referenced
//go:linkname nano runtime.nanotime
func nano() int64

//gonym:expect main.pin=runtime.procPin in-effect/referenced shows "main.standard calls runtime.procPin"
//gonym:source pull func main.pin=runtime.procPin in-effect/referenced
//go:linkname pin runtime.procPin
func pin() int

//gonym:expect main.unpin=runtime.procUnpin in-effect/referenced shows "main.standard calls runtime.procUnpin"
//gonym:source pull func main.unpin=runtime.procUnpin in-effect/referenced
//go:linkname unpin runtime.procUnpin
func unpin()

// What the standard library itself does: the runtime publishes time.Sleep and the semaphores of sync,
// and time reads the runtime's clock.
//
//gonym:expect runtime.timeSleep=time.Sleep in-effect/foreign-file
//gonym:source push func runtime.timeSleep=time.Sleep in-effect/foreign-file
//gonym:expect time.runtimeNano=runtime.nanotime in-effect/referenced when go<=1.23
//gonym:source pull func time.runtimeNano=runtime.nanotime in-effect/referenced when go<=1.23
//gonym:expect runtime.time_runtimeNano=time.runtimeNano in-effect/foreign-file when go>=1.24
//gonym:source push func runtime.time_runtimeNano=time.runtimeNano in-effect/foreign-file when go>=1.24
//gonym:expect time.runtimeNano=time.runtimeNano unproven/ambiguous when go>=1.24
//gonym:source one-arg func time.runtimeNano=time.runtimeNano in-effect/foreign-file when go>=1.24
//gonym:expect runtime.sync_runtime_doSpin=sync.runtime_doSpin in-effect/foreign-file when go<=1.23
//gonym:expect runtime.os_beforeExit=os.runtime_beforeExit in-effect/foreign-file
//gonym:source push func runtime.os_beforeExit=os.runtime_beforeExit in-effect/foreign-file
//gonym:refute main.sleep=time.Sleep unproven/ambiguous
//gonym:refute main.beforeExit=os.runtime_beforeExit unused/not-called
//gonym:refute time.sleep=sync.runtime_doSpin unused/not-called when go<=1.23
//gonym:refute time.sleep=sync.runtime_doSpin unused/not-called|unproven/ambiguous when go<=1.23,arch=386|arm|mips|mipsle
//gonym:refute sync.nano=runtime.nanotime unused/not-called
//go:noinline
func standard() {
	start := nano()
	check("nanotime", bit(start > 0), 1)
	check("procPin", bit(pin() >= 0), 1)
	unpin()
	var once sync.Mutex
	once.Lock()
	time.Sleep(time.Microsecond)
	once.Unlock()
	check("the clock went on", bit(time.Now().UnixNano() > 0 && nano() > start), 1)
}

//go:noinline
func bit(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
