// Static symbols, whose letters are lower-case and whose names end with <1>.
TEXT ·Exported(SB),4,$0-0
	CALL	local<>(SB)
	CALL	elsewhere·Undefined(SB)
	RET

TEXT local<>(SB),4,$0-0
	RET

DATA word<>+0(SB)/8,$1
GLOBL word<>(SB),16,$8
GLOBL zeroed<>(SB),16,$8
DATA constant<>+0(SB)/8,$2
GLOBL constant<>(SB),24,$8
