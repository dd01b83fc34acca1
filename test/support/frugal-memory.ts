/**
 * What the memory of a process of tests is asked for: `malloc(3)` of glibc gives back what is freed, instead of keeping it
 * for each thread there was. A process that has run some files stays at 260 MB instead of 500 to 1,000, and to start
 * another one, which tests do some ten thousand times, the system copies its page tables: a fifth of their processor time.
 * Other systems do not know these variables (https://man7.org/linux/man-pages/man3/mallopt.3.html).
 */
export const frugalMemory = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: String(1024 ** 2),
  MALLOC_TRIM_THRESHOLD_: String(4 * 1024 ** 2),
} as const;
