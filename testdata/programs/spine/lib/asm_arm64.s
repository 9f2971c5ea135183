#include "textflag.h"

TEXT ·twice(SB), NOSPLIT, $0-16
	MOVD	x+0(FP), R0
	ADD	R0, R0
	MOVD	R0, ret+8(FP)
	RET

TEXT ·asmOnly(SB), NOSPLIT, $0-16
	MOVD	x+0(FP), R0
	ADD	$400, R0
	MOVD	R0, ret+8(FP)
	RET
