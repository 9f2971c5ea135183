//go:build go1.22

#include "textflag.h"

TEXT ·local(SB), NOSPLIT, $0-16
	MOVQ	x+0(FP), AX
	ADDQ	$9000, AX
	MOVQ	AX, ret+8(FP)
	RET

TEXT ·callsLocal(SB), NOSPLIT, $16-16
	MOVQ	x+0(FP), AX
	MOVQ	AX, 0(SP)
	CALL	·local(SB)
	MOVQ	8(SP), AX
	MOVQ	AX, ret+8(FP)
	RET
