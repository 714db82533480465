// What JavaScript calls.
#include "kernel.h"

// The jobs, in the order Go knows them (core/kernel/wasm_js.go).
#define JOBS(X)                                                                                                   \
  X(pack_b) X(gemm) X(correlate) X(grad_weight) X(attention) X(attention_grad) X(add_parts)                                                      \
  X(scale) X(axpy) X(mul) X(mul_add) X(lerp) X(relu) X(relu_grad) X(relu_mask) X(adam)                            \
  X(vexp) X(exp_sum) X(gelu) X(maximum) X(sum) X(dot)                                                                     \
  X(add_bias) X(affine) X(affine_mask) X(grad_affine) X(sum_rows) X(column_moments) X(grad_sums)                 \
  X(softmax) X(softmax_grad) X(layer_norm) X(layer_norm_grad)                                                                                \
  X(scale_clamp) X(saturate) X(to_gray) X(turn_hue) X(resample_columns) X(resample_rows)

#define DECLARE(name) void name(int lo, int hi, Scratch *s, void *args);
JOBS(DECLARE)

enum {
#define NUMBER(name) number_##name,
  JOBS(NUMBER)
};

// run does items lo to hi-1 of a job.
__attribute__((export_name("run"))) void run(int job, int lo, int hi, Scratch *s, void *args) {
  switch (job) {
#define CASE(name) case number_##name: name(lo, hi, s, args); break;
    JOBS(CASE)
  }
}
