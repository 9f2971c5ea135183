package main

type large struct{ words [4096]*int }

var (
	list   []int
	shared *large
	small  *[2]*int
)

// The compiler and the linker call these by themselves, as in every Go program.
//
//gonym:refute main.grow=runtime.growslice unproven/ambiguous
//gonym:refute main.object=runtime.newobject unproven/ambiguous
//gonym:refute main.object=runtime.mallocgcSmallScanNoHeaderSC2 unproven/ambiguous when go>=1.27
//gonym:refute main.barrier=runtime.gcWriteBarrier unproven/ambiguous when go<=1.20
//gonym:refute main.barrier=runtime.gcWriteBarrier2 unproven/ambiguous when go>=1.21
//gonym:refute main.bounds=runtime.panicIndex unproven/ambiguous when go<=1.25
//gonym:refute main.bounds=runtime.panicBounds unproven/ambiguous when go>=1.26
//gonym:refute main.stack=runtime.morestack_noctxt unproven/ambiguous
//go:noinline
func inserted(n int, p *int) {
	list = append(list, n)
	shared = new(large)
	shared.words[n] = p
	small = new([2]*int)
	small[n] = p
	println("compiler's own calls:", list[n-1], shared.words[n] == nil, small[n] == nil)
}
