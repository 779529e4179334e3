/*
 * gearmand through libgearman, background jobs: what a C client and a C worker get out of it.
 *
 *   gearman_peer worker | submit COUNT | bulk COUNT SIZE | latency COUNT
 *
 * BENCH_PORT is the server's port. BENCH_STARTS is a file of one 64-bit number a job, in which the handler of job i
 * writes when it started (nanoseconds, monotonic); whoever measures reads it from outside, and nobody pays for it.
 * Every command but `worker` prints one JSON object.
 */
#include <fcntl.h>
#include <libgearman/gearman.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ARGUMENT_BYTES = 200, NUMBER_AT = 5, NUMBER_DIGITS = 9, WARM_UP = 20 };

static _Atomic uint64_t *starts;
static size_t start_count;

static void fail(const char *what) {
    fprintf(stderr, "gearman_peer: %s\n", what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void pause_ns(long nanoseconds) {
    struct timespec time = {0, nanoseconds};
    nanosleep(&time, NULL);
}

static void map_starts(void) {
    const char *path = getenv("BENCH_STARTS");
    int file = path ? open(path, O_RDWR) : -1;
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) fail("BENCH_STARTS is no file");
    void *memory = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) fail("BENCH_STARTS cannot be mapped");
    close(file);
    starts = memory;
    start_count = (size_t)status.st_size / sizeof(uint64_t);
}

/* {"i":000000042,"p":"xxx…"}: 200 bytes, the number at a fixed place. */
static void write_arguments(char *bytes, int number) {
    memset(bytes, 'x', ARGUMENT_BYTES);
    char head[32];
    int length = snprintf(head, sizeof head, "{\"i\":%09d,\"p\":\"", number);
    memcpy(bytes, head, (size_t)length);
    memcpy(bytes + ARGUMENT_BYTES - 2, "\"}", 2);
}

static gearman_return_t run_job(gearman_job_st *job, void *context) {
    (void)context;
    char digits[NUMBER_DIGITS + 1] = {0};
    if (gearman_job_workload_size(job) != ARGUMENT_BYTES) return GEARMAN_FATAL;
    memcpy(digits, (const char *)gearman_job_workload(job) + NUMBER_AT, NUMBER_DIGITS);
    size_t number = strtoul(digits, NULL, 10);
    if (number < start_count) starts[number] = now();
    return GEARMAN_SUCCESS;
}

static void work(in_port_t port) {
    gearman_worker_st *worker = gearman_worker_create(NULL);
    if (!worker || gearman_failed(gearman_worker_add_server(worker, "127.0.0.1", port))) fail("no worker");
    if (gearman_failed(gearman_worker_define_function(
            worker, "nothing", strlen("nothing"), gearman_function_create(run_job), 0, NULL)))
        fail("no function");
    for (;;)
        if (gearman_failed(gearman_worker_work(worker))) pause_ns(10000000);
}

static void submit_one(gearman_client_st *client, int number) {
    char arguments[ARGUMENT_BYTES], handle[GEARMAN_JOB_HANDLE_SIZE];
    write_arguments(arguments, number);
    if (gearman_failed(gearman_client_do_background(client, "nothing", NULL, arguments, ARGUMENT_BYTES, handle)))
        fail(gearman_client_error(client));
}

static int by_size(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static void print(int count, uint64_t spent, uint64_t *samples, int sample_count) {
    printf("{\"jobs\":%d", count);
    if (spent) printf(",\"jobs_per_second\":%.1f", count * 1e9 / (double)spent);
    if (sample_count) {
        qsort(samples, (size_t)sample_count, sizeof *samples, by_size);
        printf(",\"p50_us\":%.1f,\"p99_us\":%.1f", (double)samples[sample_count / 2] / 1e3,
               (double)samples[sample_count * 99 / 100] / 1e3);
    }
    printf("}\n");
}

static void submit(gearman_client_st *client, int count) {
    uint64_t *samples = calloc((size_t)count, sizeof *samples);
    submit_one(client, count); /* opens the connection */
    uint64_t began = now(), last = began;
    for (int number = 0; number < count; number++) {
        submit_one(client, number);
        uint64_t moment = now();
        samples[number] = moment - last;
        last = moment;
    }
    print(count, last - began, samples, count);
}

/* Many submissions in flight on one connection. */
static void bulk(gearman_client_st *client, int count, int size) {
    char *arguments = malloc((size_t)size * ARGUMENT_BYTES);
    uint64_t began = now();
    for (int first = 0; first < count; first += size) {
        for (int index = 0; index < size; index++) {
            gearman_return_t answer;
            char *own = arguments + (size_t)index * ARGUMENT_BYTES;
            write_arguments(own, first + index);
            gearman_client_add_task_background(client, NULL, NULL, "nothing", NULL, own, ARGUMENT_BYTES, &answer);
            if (gearman_failed(answer)) fail("a submission was not taken");
        }
        if (gearman_failed(gearman_client_run_tasks(client))) fail(gearman_client_error(client));
        gearman_client_task_free_all(client);
    }
    print(count, now() - began, NULL, 0);
}

static void latency(gearman_client_st *client, int count) {
    uint64_t *samples = calloc((size_t)count, sizeof *samples);
    for (int number = 0; number < count + WARM_UP; number++) {
        uint64_t began = now();
        submit_one(client, number);
        while (!starts[number]) {
            if (now() - began > 20000000000u) fail("a job never started");
            pause_ns(500000);
        }
        if (number >= WARM_UP) samples[number - WARM_UP] = starts[number] - began;
        pause_ns(2000000 + 1000000 * (number % 3));
    }
    print(count, 0, samples, count);
}

int main(int count, char **words) {
    const char *port = getenv("BENCH_PORT");
    if (count < 2 || !port) fail("BENCH_PORT=… gearman_peer worker | submit COUNT | bulk COUNT SIZE | latency COUNT");
    map_starts();
    if (strcmp(words[1], "worker") == 0) work((in_port_t)atoi(port));
    gearman_client_st *client = gearman_client_create(NULL);
    if (!client || gearman_failed(gearman_client_add_server(client, "127.0.0.1", (in_port_t)atoi(port)))) fail("no client");
    int jobs = count > 2 ? atoi(words[2]) : 0;
    if (strcmp(words[1], "submit") == 0) submit(client, jobs);
    else if (strcmp(words[1], "bulk") == 0 && count > 3) bulk(client, jobs, atoi(words[3]));
    else if (strcmp(words[1], "latency") == 0) latency(client, jobs);
    else fail("what?");
    return 0;
}
