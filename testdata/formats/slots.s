# Words that the loader fills in, of every kind that a linker for Mach-O makes of them: pointers into
# the image, with and without a tag in the high bits, to imports with and without an addend, a stub and
# a GOT entry. The pointers stand apart, so that chains run over pages and end in some of them.
	.text
	.globl	_main
	.p2align 4
_main:
#ifdef ARM64
	bl	_imported
	adrp	x0, _imported_data@GOTPAGE
	ldr	x0, [x0, _imported_data@GOTPAGEOFF]
	ret
#else
	callq	_imported
	movq	_imported_data@GOTPCREL(%rip), %rax
	retq
#endif

	.globl	_offered
	.p2align 4
_offered:
	ret

	.section __DATA,__const
	.p2align 3
	.quad	_main
	.quad	_offered + 4
	.quad	_imported
	.data
	.p2align 3
	.globl	_table
_table:
	.quad	_table
	.quad	_imported_data + 16
	.space	0x9000
	.quad	_main
	.quad	0
	.quad	_imported
	.space	0x4000
	.quad	_offered
