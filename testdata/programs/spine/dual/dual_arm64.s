//go:build go1.22

#include "textflag.h"

TEXT ·local(SB), NOSPLIT, $0-16
	MOVD	x+0(FP), R0
	ADD	$9000, R0
	MOVD	R0, ret+8(FP)
	RET

TEXT ·callsLocal(SB), NOSPLIT, $32-16
	MOVD	x+0(FP), R0
	MOVD	R0, 8(RSP)
	CALL	·local(SB)
	MOVD	16(RSP), R0
	MOVD	R0, ret+8(FP)
	RET
