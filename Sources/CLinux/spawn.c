#define _GNU_SOURCE
#include "CLinux.h"

#include <pthread.h>
#include <spawn.h>

int ferry_spawn_in_folder(void *actions, const char *folder) {
    return -posix_spawn_file_actions_addchdir_np(actions, folder);
}

int ferry_stack_of_this_thread(uintptr_t *lowest, uintptr_t *size) {
    pthread_attr_t attributes;
    void *address = NULL;
    size_t length = 0;
    int result = pthread_getattr_np(pthread_self(), &attributes);
    if (result != 0) return -result;
    result = pthread_attr_getstack(&attributes, &address, &length);
    pthread_attr_destroy(&attributes);
    *lowest = (uintptr_t)address;
    *size = length;
    return -result;
}
