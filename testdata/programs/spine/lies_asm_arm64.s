#include "textflag.h"

TEXT ·throughAsm(SB), NOSPLIT, $32-16
	MOVD	x+0(FP), R0
	MOVD	R0, 8(RSP)
	CALL	example·com∕spine∕lib·asmOnly(SB)
	MOVD	16(RSP), R0
	MOVD	R0, ret+8(FP)
	RET
