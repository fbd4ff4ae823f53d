// SHA-256 of the system's OpenSSL (Debian: libssl-dev), as Swift sees it. OpenSSL 3 has these functions
// but calls them deprecated; docs/decisions/0013 says why they are used all the same.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
