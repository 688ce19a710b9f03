#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define RESULT(call) ({ __typeof__(call) _result = (call); _result < 0 ? -errno : _result; })

static const struct sockaddr *plain(const struct ferry_address *address) {
    return (const struct sockaddr *)(const void *)address->bytes;
}

static int store(struct ferry_address *target, const struct sockaddr *address, socklen_t length) {
    if (length > sizeof target->bytes) return -ENAMETOOLONG;
    memset(target, 0, sizeof *target);
    memcpy(target->bytes, address, length);
    target->length = length;
    target->family = address->sa_family;
    return 0;
}

int ferry_resolve(
    const char *host, uint16_t port, int for_listening, struct ferry_address *addresses, int capacity, int *resolver_error) {
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICSERV | (for_listening ? AI_PASSIVE : 0)};
    struct addrinfo *found = NULL;
    *resolver_error = getaddrinfo(host, service, &hints, &found);
    if (*resolver_error) return -1;
    int count = 0;
    for (struct addrinfo *entry = found; entry && count < capacity; entry = entry->ai_next)
        if (store(&addresses[count], entry->ai_addr, entry->ai_addrlen) == 0) count++;
    freeaddrinfo(found);
    return count;
}

int ferry_unix_address(const char *path, struct ferry_address *address) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof name.sun_path) return -ENAMETOOLONG;
    memcpy(name.sun_path, path, length + 1);
    return store(address, (const struct sockaddr *)&name, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1));
}

int ferry_address_text(const struct ferry_address *address, char *host, size_t capacity, uint16_t *port) {
    if (address->family == AF_UNIX) {
        *port = 0;
        host[0] = 0;
        return 0;
    }
    char service[16] = "0";
    int failure = getnameinfo(
        plain(address), address->length, host, (socklen_t)capacity, service, sizeof service,
        NI_NUMERICHOST | NI_NUMERICSERV);
    if (failure) return -EINVAL;
    unsigned int number = 0;
    sscanf(service, "%u", &number);
    *port = (uint16_t)number;
    return 0;
}

int ferry_address_with_port(struct ferry_address *address, uint16_t port) {
    if (address->family == AF_INET)
        ((struct sockaddr_in *)(void *)address->bytes)->sin_port = htons(port);
    else if (address->family == AF_INET6)
        ((struct sockaddr_in6 *)(void *)address->bytes)->sin6_port = htons(port);
    else
        return -EAFNOSUPPORT;
    return 0;
}

int ferry_socket_for(const struct ferry_address *address) {
    return RESULT(socket((int)address->family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

int ferry_socket_pair(int ends[2]) {
    return RESULT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends));
}

int ferry_bind(int socket, const struct ferry_address *address) {
    return RESULT(bind(socket, plain(address), address->length));
}

int ferry_listen(int socket, int backlog) { return RESULT(listen(socket, backlog)); }

int ferry_accept(int socket, struct ferry_address *peer) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    memset(&storage, 0, sizeof storage);
    int accepted = accept4(socket, (struct sockaddr *)&storage, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (accepted < 0) return -errno;
    if (length > sizeof peer->bytes) length = sizeof peer->bytes;
    store(peer, (const struct sockaddr *)&storage, length);
    return accepted;
}

int ferry_connect(int socket, const struct ferry_address *address) {
    return RESULT(connect(socket, plain(address), address->length));
}

int ferry_take_socket_error(int socket) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    return -error;
}

int ferry_local_address(int socket, struct ferry_address *address) {
    struct sockaddr_storage storage;
    socklen_t length = sizeof storage;
    if (getsockname(socket, (struct sockaddr *)&storage, &length) < 0) return -errno;
    return store(address, (const struct sockaddr *)&storage, length);
}

static int set(int socket, int level, int option, int value) {
    return RESULT(setsockopt(socket, level, option, &value, sizeof value));
}

int ferry_tune_tcp(int socket, unsigned int unacknowledged_milliseconds) {
    int result = set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    if (result == 0) result = set(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, (int)unacknowledged_milliseconds);
    if (result == 0) result = set(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    if (result == 0) result = set(socket, IPPROTO_TCP, TCP_KEEPIDLE, 10);
    if (result == 0) result = set(socket, IPPROTO_TCP, TCP_KEEPINTVL, 5);
    if (result == 0) result = set(socket, IPPROTO_TCP, TCP_KEEPCNT, 4);
    return result;
}

int ferry_reuse_address(int socket) { return set(socket, SOL_SOCKET, SO_REUSEADDR, 1); }

int ferry_shutdown(int socket) { return RESULT(shutdown(socket, SHUT_RDWR)); }

int ferry_finish_writing(int socket) { return RESULT(shutdown(socket, SHUT_WR)); }

ssize_t ferry_receive(int socket, void *bytes, size_t length) { return RESULT(recv(socket, bytes, length, 0)); }

ssize_t ferry_send(int socket, const void *first, size_t first_length, const void *second, size_t second_length) {
    struct iovec pieces[2] = {{(void *)first, first_length}, {(void *)second, second_length}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = second_length ? 2 : 1};
    return RESULT(sendmsg(socket, &message, MSG_NOSIGNAL));
}

ssize_t ferry_send_with_descriptor(int socket, const void *bytes, size_t length, int descriptor) {
    struct iovec piece = {(void *)bytes, length};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    return RESULT(sendmsg(socket, &message, MSG_NOSIGNAL));
}

int ferry_peer_of(int socket, struct ferry_peer *peer) {
    struct ucred credentials;
    socklen_t length = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &length) < 0) return -errno;
    peer->pid = credentials.pid;
    peer->user = credentials.uid;
    peer->group = credentials.gid;
    return 0;
}
