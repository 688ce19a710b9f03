/*
 * The guest's load: a heartbeat, a counter over many pages, and records on disk, each of which checks itself.
 *
 *   load COUNTER_MIB RATE_MIB_S FILL_MIB BEAT_MS RECORD_FILE|-
 *   load verify RECORD_FILE LAST          (on the host: every record up to LAST is there and intact)
 *
 * On the console, one line each:
 *   beat N              every BEAT_MS milliseconds; N counts without a gap for the guest's whole life
 *   pass N              every page of the counter held exactly N-1 in all its words and now holds N
 *   fill N              the filled memory was read once more and its checksum is right
 *   record N            record N is on stable storage
 *   records N intact    all records were read back past the page cache and are right
 *   WRONG ...           anything else: memory, disk or order is not what was written
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096, WORDS = PAGE / 8, RECORD = 4096 };

static void say(const char *format, uint64_t a, uint64_t b) {
    char line[128];
    int length = snprintf(line, sizeof line, format, (unsigned long long)a, (unsigned long long)b);
    if (write(1, line, length) < 0) { /* the console is all we have */ }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleep_until(double when) {
    struct timespec t = {(time_t)when, (long)((when - (time_t)when) * 1e9)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) { }
}

static uint64_t mix(uint64_t x) {
    x ^= x >> 33; x *= 0xff51afd7ed558ccdull;
    x ^= x >> 33; x *= 0xc4ceb9fe1a85ec53ull;
    return x ^ (x >> 33);
}

static void *region(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) { say("WRONG no memory for %llu bytes\n", bytes, 0); exit(1); }
    return memory;
}

static int beat_ms;
static void *heartbeat(void *unused) {
    double next = now();
    for (uint64_t n = 1;; n++) {
        say("beat %llu\n", n, 0);
        next += beat_ms / 1e3;
        if (now() > next + 1) next = now();
        sleep_until(next);
    }
    return unused;
}

static size_t counter_pages;
static double counter_rate;
static void *counter(void *unused) {
    uint64_t *memory = region(counter_pages * PAGE);
    double start = now(), done = 0;
    for (uint64_t pass = 1;; pass++) {
        for (size_t page = 0; page < counter_pages; page++) {
            uint64_t *words = memory + page * WORDS;
            for (int i = 0; i < WORDS; i += 64)
                if (words[i] != (pass == 1 ? 0 : mix(pass - 1) ^ page)) say("WRONG counter page %llu in pass %llu\n", page, pass);
            for (int i = 0; i < WORDS; i += 64) words[i] = mix(pass) ^ page;
            done += PAGE;
            if (page % 64 == 0 && done / counter_rate > now() - start) sleep_until(start + done / counter_rate);
        }
        say("pass %llu\n", pass, 0);
        start = now(); done = 0;
    }
    return unused;
}

static size_t fill_bytes;
static void *filler(void *unused) {
    uint64_t *memory = region(fill_bytes);
    size_t count = fill_bytes / 8;
    for (size_t i = 0; i < count; i++) memory[i] = mix(i + 1);
    say("FILLED %llu\n", fill_bytes >> 20, 0);
    for (uint64_t n = 1;; n++) {
        for (size_t page = 0; page < count; page += WORDS) {
            for (size_t i = page; i < page + WORDS; i += 128)
                if (memory[i] != mix(i + 1)) { say("WRONG filled word %llu\n", i, 0); break; }
            if (page % (WORDS * 512) == 0) usleep(20000);
        }
        say("fill %llu\n", n, 0);
    }
    return unused;
}

static void make_record(uint64_t *record, uint64_t number) {
    for (int i = 0; i < RECORD / 8; i++) record[i] = mix(number * 1000003 + i);
    record[0] = number;
}

static uint64_t check_records(const char *path, uint64_t last, int flags) {
    static uint64_t expected[RECORD / 8];
    uint64_t *found = NULL, number;
    if (posix_memalign((void **)&found, PAGE, RECORD)) return 0;
    int file = open(path, O_RDONLY | flags);
    if (file < 0) { say("WRONG cannot open the records\n", 0, 0); free(found); return 0; }
    for (number = 1; number <= last; number++) {
        if (pread(file, found, RECORD, (off_t)(number - 1) * RECORD) != RECORD) break;
        make_record(expected, number);
        if (memcmp(found, expected, RECORD)) break;
    }
    close(file);
    free(found);
    if (number <= last) say("WRONG record %llu of %llu\n", number, last);
    return number - 1;
}

static const char *record_path;
static void *recorder(void *unused) {
    static uint64_t record[RECORD / 8];
    int file = open(record_path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0) { say("WRONG cannot create the records\n", 0, 0); return unused; }
    for (uint64_t number = 1;; number++) {
        make_record(record, number);
        if (pwrite(file, record, RECORD, (off_t)(number - 1) * RECORD) != RECORD || fdatasync(file)) {
            say("WRONG record %llu could not be written\n", number, 0);
            return unused;
        }
        if (number % 16 == 0) say("record %llu\n", number, 0);
        if (number % 128 == 0 && check_records(record_path, number, O_DIRECT) == number) say("records %llu intact\n", number, 0);
        usleep(10000);
    }
}

/* Returns when the power button is pressed. */
static void wait_for_power_button(void) {
    struct pollfd inputs[8];
    int count = 0;
    for (int i = 0; i < 8; i++) {
        char path[32];
        snprintf(path, sizeof path, "/dev/input/event%d", i);
        int file = open(path, O_RDONLY | O_NONBLOCK);
        if (file >= 0) inputs[count++] = (struct pollfd){file, POLLIN, 0};
    }
    if (count == 0) say("no power button\n", 0, 0);
    for (;;) {
        if (poll(inputs, count, -1) < 0) continue;
        for (int i = 0; i < count; i++) {
            struct input_event event;
            while (read(inputs[i].fd, &event, sizeof event) == sizeof event)
                if (event.type == EV_KEY && event.code == KEY_POWER && event.value == 1) return;
        }
    }
}

int main(int count, char **values) {
    if (count == 4 && !strcmp(values[1], "verify")) {
        uint64_t last = strtoull(values[3], NULL, 10), good = check_records(values[2], last, 0);
        say("%llu of %llu records intact\n", good, last);
        return good == last && last > 0 ? 0 : 1;
    }
    if (count != 6) return 64;
    pthread_t thread;
    counter_pages = strtoull(values[1], NULL, 10) << 8;
    counter_rate = strtod(values[2], NULL) * 1048576;
    fill_bytes = strtoull(values[3], NULL, 10) << 20;
    beat_ms = atoi(values[4]);
    record_path = values[5];
    if (beat_ms > 0) pthread_create(&thread, NULL, heartbeat, NULL);
    if (counter_pages) pthread_create(&thread, NULL, counter, NULL);
    if (fill_bytes) pthread_create(&thread, NULL, filler, NULL);
    if (strcmp(record_path, "-")) pthread_create(&thread, NULL, recorder, NULL);
    wait_for_power_button();
    say("power button\n", 0, 0);
    return 0;
}
