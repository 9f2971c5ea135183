#include "textflag.h"

// Instructions that every architecture's assembler knows.

TEXT example·com∕core∕lib·byAssembly(SB), NOSPLIT|NOFRAME, $0-0
	JMP	·bump(SB)
