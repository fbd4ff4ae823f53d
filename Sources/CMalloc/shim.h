// What glibc lets a program say about its heaps, as Swift sees it; nothing on other systems.
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif
