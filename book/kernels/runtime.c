// What compiled kernels expect around them: memory, and the few functions of libm and BLAS that they call.
// Memory is a stack. Whoever calls a kernel takes a mark before and goes back to it after; nothing is freed singly.
typedef unsigned long size_t;
typedef long long int64;

extern unsigned char __heap_base;
static size_t top = 0;

__attribute__((export_name("mark"))) size_t mark(void) {
  if (!top) top = (size_t)&__heap_base;
  return top;
}

__attribute__((export_name("rewind"))) void rewind_to(size_t place) { top = place; }

__attribute__((export_name("allocate"))) void *allocate(size_t bytes) {
  size_t start = (mark() + 15) & ~(size_t)15, pages = __builtin_wasm_memory_size(0);
  top = start + bytes;
  size_t needed = (top + 65535) >> 16;
  if (needed > pages && __builtin_wasm_memory_grow(0, needed - pages) == (size_t)-1) __builtin_trap();
  return (void *)start;
}

// Numba's arrays: the head of its runtime's MemInfo, with 64-bit counts as the kernels were told.
typedef struct {
  int64 references;
  void *destructor, *destructor_info, *data;
  int64 size;
} MemInfo;

void *NRT_MemInfo_alloc_aligned(int64 size, int align) {
  (void)align;
  MemInfo *info = allocate(sizeof(MemInfo));
  *info = (MemInfo){1, 0, 0, allocate(size), size};
  return info;
}
void *NRT_MemInfo_alloc_safe_aligned(int64 size, int align) { return NRT_MemInfo_alloc_aligned(size, align); }
void NRT_MemInfo_call_dtor(void *info) { (void)info; }

// The 128-bit product by which a kernel sees whether the size of an array overflows.
// Not optimised: the optimiser would recognise it, and let it call itself.
__attribute__((optnone, noinline))
void __multi3(unsigned long long *out, unsigned long long a, int64 a_high, unsigned long long b, int64 b_high) {
  unsigned long long a0 = a & 0xffffffff, a1 = a >> 32, b0 = b & 0xffffffff, b1 = b >> 32;
  unsigned long long low = a0 * b0, middle = a1 * b0 + (low >> 32), other = a0 * b1 + (middle & 0xffffffff);
  out[0] = a * b;
  out[1] = a1 * b1 + (middle >> 32) + (other >> 32) + a * b_high + a_high * b;
}

double sqrt(double x) { return __builtin_sqrt(x); }
double ceil(double x) { return __builtin_ceil(x); }
double hypot(double x, double y) { return __builtin_sqrt(x * x + y * y); }

// BLAS as Numba calls it: y = A x or A'x for a column-major m by n matrix, and x'y. Returns 0 for success.
int numba_xxgemv(char kind, char trans, int64 m, int64 n, double *alpha, double *a, int64 lda, double *x,
                 double *beta, double *y) {
  (void)kind, (void)alpha, (void)beta;  // a double, 1 and 0
  if (trans == 't') {
    for (int64 j = 0; j < n; j++) {
      double sum = 0;
      for (int64 i = 0; i < m; i++) sum += a[j * lda + i] * x[i];
      y[j] = sum;
    }
  } else {
    for (int64 i = 0; i < m; i++) y[i] = 0;
    for (int64 j = 0; j < n; j++)
      for (int64 i = 0; i < m; i++) y[i] += a[j * lda + i] * x[j];
  }
  return 0;
}

int numba_xxdot(char kind, char conjugate, int64 n, double *x, double *y, double *result) {
  (void)kind, (void)conjugate;
  double sum = 0;
  for (int64 i = 0; i < n; i++) sum += x[i] * y[i];
  *result = sum;
  return 0;
}
