#include "textflag.h"

TEXT ·throughAssembly(SB), NOSPLIT|NOFRAME, $0-0
	JMP	example·com∕core∕lib·fromAssembly(SB)
