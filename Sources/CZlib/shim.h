// The system's zlib (Debian: zlib1g-dev, which Swift itself needs), as Swift sees it.
#include <zlib.h>
