#include "textflag.h"

// Instructions that every architecture's assembler knows.

TEXT ·asmTarget(SB), NOSPLIT|NOFRAME, $0-0
	JMP	·bump(SB)

TEXT ·ownAssembly(SB), NOSPLIT|NOFRAME, $0-0
	JMP	·bump(SB)

TEXT ·fromAssembly(SB), NOSPLIT|NOFRAME, $0-0
	JMP	·bump(SB)

DATA ·written(SB)/4, $1701
GLOBL ·written(SB), NOPTR, $4
