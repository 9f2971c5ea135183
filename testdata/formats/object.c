// References of every common kind, to what is here and to what is not.
extern int missing(int);
extern int missing_data;
static int counter = 3;
int offered(int x) { return x + counter++; }
int (*const table[])(int) = { offered, missing };
int *pointers[] = { &counter, &missing_data };
int caller(int x) { return offered(missing(x)) + *pointers[x & 1] + table[x & 1](x) + missing_data; }
