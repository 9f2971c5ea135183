#include "textflag.h"

TEXT ·twice(SB), NOSPLIT, $0-16
	MOVQ	x+0(FP), AX
	ADDQ	AX, AX
	MOVQ	AX, ret+8(FP)
	RET

TEXT ·asmOnly(SB), NOSPLIT, $0-16
	MOVQ	x+0(FP), AX
	ADDQ	$400, AX
	MOVQ	AX, ret+8(FP)
	RET
