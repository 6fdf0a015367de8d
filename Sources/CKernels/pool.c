// A pool of threads that share the parts of one loop at a time.
//
// Parts are handed out one by one, and the caller waits only for threads that took one: a thread that the system has put
// aside for another program delays nobody. Idle threads look for work for some microseconds, then sleep.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "CKernels.h"

#if defined(__x86_64__)
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() ((void)0)
#endif

enum { SPINS = 2000, MOST_THREADS = 256 };

static pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER;  // held by the thread whose loop is running
static pthread_mutex_t sleep_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static atomic_int sleepers;
static atomic_uint generation;  // counts loops
static int workers;             // threads started so far; only the owner touches it

// The loop that is running. Threads join while it is open; its fields do not change while one is inside.
static atomic_int seats;   // how many more may join; 0 when closed
static atomic_int inside;  // how many have joined and not left
static atomic_llong next_part;
static int64_t part_count;
static ns_task current_task;
static void *current_context;

static void take_parts(void) {
  for (;;) {
    const int64_t part = atomic_fetch_add_explicit(&next_part, 1, memory_order_relaxed);
    if (part >= part_count) return;
    current_task(current_context, part);
  }
}

static void join_loop(void) {
  // Counted before the seat is taken: the owner, having closed the seats, sees everybody who may still get one.
  atomic_fetch_add(&inside, 1);
  int free_seats = atomic_load(&seats);
  while (free_seats > 0 && !atomic_compare_exchange_weak(&seats, &free_seats, free_seats - 1)) {}
  if (free_seats > 0) take_parts();
  atomic_fetch_sub(&inside, 1);
}

static void *work(void *start) {
  unsigned seen = (unsigned)(uintptr_t)start;
  for (;;) {
    int spins = 0;
    while (atomic_load(&generation) == seen && spins < SPINS) {
      PAUSE();
      spins++;
    }
    if (atomic_load(&generation) == seen) {
      pthread_mutex_lock(&sleep_lock);
      atomic_fetch_add(&sleepers, 1);
      while (atomic_load(&generation) == seen) pthread_cond_wait(&wake, &sleep_lock);
      atomic_fetch_sub(&sleepers, 1);
      pthread_mutex_unlock(&sleep_lock);
    }
    seen = atomic_load(&generation);
    join_loop();
  }
  return NULL;
}

static void start_workers(int wanted) {
  if (wanted > MOST_THREADS) wanted = MOST_THREADS;
  while (workers < wanted) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, (void *)(uintptr_t)atomic_load(&generation)) != 0) return;
    pthread_detach(thread);
    workers++;
  }
}

void ns_run_parts(int64_t parts, int threads, ns_task task, void *context) {
  // A loop inside a loop, or next to another thread's, runs on the thread it is called from.
  if (parts < 2 || threads < 2 || pthread_mutex_trylock(&owner) != 0) {
    for (int64_t part = 0; part < parts; part++) task(context, part);
    return;
  }
  start_workers(threads - 1);
  current_task = task;
  current_context = context;
  part_count = parts;
  atomic_store(&next_part, 0);
  atomic_store(&seats, threads - 1 < parts - 1 ? threads - 1 : (int)(parts - 1));
  atomic_fetch_add(&generation, 1);
  if (atomic_load(&sleepers) > 0) {
    pthread_mutex_lock(&sleep_lock);
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&sleep_lock);
  }
  take_parts();
  atomic_store(&seats, 0);
  for (int spins = 0; atomic_load(&inside) > 0; spins++) {
    if (spins < SPINS)
      PAUSE();
    else
      sched_yield();
  }
  pthread_mutex_unlock(&owner);
}
