// The system's liblmdb (Debian: liblmdb-dev), as Swift sees it.
#include <lmdb.h>
