#include "textflag.h"

TEXT ·throughAsm(SB), NOSPLIT, $16-16
	MOVQ	x+0(FP), AX
	MOVQ	AX, 0(SP)
	CALL	example·com∕spine∕lib·asmOnly(SB)
	MOVQ	8(SP), AX
	MOVQ	AX, ret+8(FP)
	RET
