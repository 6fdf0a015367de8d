#include <cblas.h>

/// LAPACK's eigenvalues and eigenvectors of a symmetric matrix; OpenBLAS has it, cblas.h does not name it.
void dsyev_(
    const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w, double *work,
    const int *lwork, int *info);
