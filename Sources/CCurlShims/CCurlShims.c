#define _GNU_SOURCE
/* The checks are made for options that are constants where they are set. */
#define CURL_DISABLE_TYPECHECK
#include "CCurlShims.h"
#include <arpa/inet.h>
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct {
    CURLcode (*global_init_mem)(
        long, curl_malloc_callback, curl_free_callback, curl_realloc_callback, curl_strdup_callback,
        curl_calloc_callback);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    CURLcode (*easy_perform)(CURL *);
    CURLcode (*easy_send)(CURL *, const void *, size_t, size_t *);
    CURLcode (*easy_recv)(CURL *, void *, size_t, size_t *);
    const char *(*easy_strerror)(CURLcode);
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
    CURLMcode (*multi_add_handle)(CURLM *, CURL *);
    CURLMcode (*multi_remove_handle)(CURLM *, CURL *);
    CURLMcode (*multi_perform)(CURLM *, int *);
    CURLMcode (*multi_poll)(CURLM *, struct curl_waitfd *, unsigned int, int, int *);
    CURLMcode (*multi_wakeup)(CURLM *);
    CURLMsg *(*multi_info_read)(CURLM *, int *);
    CURLMcode (*multi_cleanup)(CURLM *);
    CURLU *(*url)(void);
    CURLUcode (*url_set)(CURLU *, CURLUPart, const char *, unsigned int);
    CURLUcode (*url_get)(const CURLU *, CURLUPart, char **, unsigned int);
    void (*url_cleanup)(CURLU *);
    void (*free)(void *);
} lib;

static int found(void *library, const char *name, void *place) {
    /* POSIX lets dlsym(3) return functions; ISO C has no cast for it. */
    *(void **)place = dlsym(library, name);
    return *(void **)place != NULL;
}

static void wiped_free(void *memory) {
    if (memory) explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

static void *wiped_realloc(void *memory, size_t size) {
    if (!memory) return malloc(size);
    size_t old = malloc_usable_size(memory);
    /* It is large enough; moving it would leave a copy. */
    if (size <= old) return memory;
    void *moved = malloc(size);
    if (!moved) return NULL;
    memcpy(moved, memory, old);
    wiped_free(memory);
    return moved;
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int loaded;

static void load(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    int whole = found(library, "curl_global_init_mem", &lib.global_init_mem)
        && found(library, "curl_easy_init", &lib.easy_init)
        && found(library, "curl_easy_cleanup", &lib.easy_cleanup)
        && found(library, "curl_easy_setopt", &lib.easy_setopt)
        && found(library, "curl_easy_getinfo", &lib.easy_getinfo)
        && found(library, "curl_easy_perform", &lib.easy_perform)
        && found(library, "curl_easy_send", &lib.easy_send)
        && found(library, "curl_easy_recv", &lib.easy_recv)
        && found(library, "curl_easy_strerror", &lib.easy_strerror)
        && found(library, "curl_slist_append", &lib.slist_append)
        && found(library, "curl_slist_free_all", &lib.slist_free_all)
        && found(library, "curl_multi_init", &lib.multi_init)
        && found(library, "curl_multi_setopt", &lib.multi_setopt)
        && found(library, "curl_multi_add_handle", &lib.multi_add_handle)
        && found(library, "curl_multi_remove_handle", &lib.multi_remove_handle)
        && found(library, "curl_multi_perform", &lib.multi_perform)
        && found(library, "curl_multi_poll", &lib.multi_poll)
        && found(library, "curl_multi_wakeup", &lib.multi_wakeup)
        && found(library, "curl_multi_info_read", &lib.multi_info_read)
        && found(library, "curl_multi_cleanup", &lib.multi_cleanup)
        && found(library, "curl_url", &lib.url)
        && found(library, "curl_url_set", &lib.url_set)
        && found(library, "curl_url_get", &lib.url_get)
        && found(library, "curl_url_cleanup", &lib.url_cleanup)
        && found(library, "curl_free", &lib.free);
    loaded = whole && lib.global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiped_free, wiped_realloc, strdup, calloc) == CURLE_OK;
}

int shim_curl_load(void) {
    pthread_once(&once, load);
    return loaded;
}

/* libcurl itself opens sockets that programs inherit which are started meanwhile. */
static curl_socket_t open_unshared(void *data, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)data, (void)purpose;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

CURL *shim_curl_easy_init(void) {
    CURL *handle = lib.easy_init();
    if (handle) lib.easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_unshared);
    return handle;
}
void shim_curl_easy_cleanup(CURL *handle) { lib.easy_cleanup(handle); }
const char *shim_curl_easy_strerror(CURLcode code) { return lib.easy_strerror(code); }

struct curl_slist *shim_curl_slist_append(struct curl_slist *list, const char *text) {
    return lib.slist_append(list, text);
}

void shim_curl_slist_free_all(struct curl_slist *list) { lib.slist_free_all(list); }

CURLcode shim_curl_set_long(CURL *handle, CURLoption option, long value) {
    return lib.easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return lib.easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return lib.easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_bytes(CURL *handle, CURLoption option, const void *value) {
    return lib.easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return lib.easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_receiver(CURL *handle, CURLoption option, shim_curl_receiver value) {
    return lib.easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_context(CURL *handle, CURLoption option, void *value) {
    return lib.easy_setopt(handle, option, value);
}

CURLcode shim_curl_connect(CURL *handle, int *socket) {
    curl_socket_t found = CURL_SOCKET_BAD;
    lib.easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
    CURLcode code = lib.easy_perform(handle);
    if (code == CURLE_OK) code = lib.easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &found);
    *socket = found;
    return code == CURLE_OK && found == CURL_SOCKET_BAD ? CURLE_COULDNT_CONNECT : code;
}

CURLcode shim_curl_send(CURL *handle, const void *bytes, size_t count, size_t *sent) {
    return lib.easy_send(handle, bytes, count, sent);
}

CURLcode shim_curl_receive(CURL *handle, void *bytes, size_t count, size_t *received) {
    return lib.easy_recv(handle, bytes, count, received);
}

long shim_curl_status(CURL *handle) {
    long status = 0;
    lib.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

long shim_curl_request_size(CURL *handle) {
    long size = 0;
    lib.easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &size);
    return size;
}

CURLM *shim_curl_multi_init(void) { return lib.multi_init(); }

CURLMcode shim_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return lib.multi_setopt(multi, option, value);
}

void shim_curl_multi_add(CURLM *multi, CURL *handle) { lib.multi_add_handle(multi, handle); }
void shim_curl_multi_remove(CURLM *multi, CURL *handle) { lib.multi_remove_handle(multi, handle); }

void shim_curl_multi_perform(CURLM *multi) {
    int running = 0;
    lib.multi_perform(multi, &running);
}

void shim_curl_multi_poll(CURLM *multi, int milliseconds) { lib.multi_poll(multi, NULL, 0, milliseconds, NULL); }
void shim_curl_multi_wakeup(CURLM *multi) { lib.multi_wakeup(multi); }

CURL *shim_curl_multi_ended(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = lib.multi_info_read(multi, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

void shim_curl_multi_cleanup(CURLM *multi) { lib.multi_cleanup(multi); }
/* Lives as long as its handle: freed by the handle's owner through shim_curl_set_guard(handle, NULL, …). */
struct guarding {
    shim_curl_guard guard;
    void *context;
};

static curl_socket_t open_guarded(void *data, curlsocktype purpose, struct curl_sockaddr *address) {
    struct guarding *guarding = data;
    if (!guarding->guard(&address->addr, address->addrlen, guarding->context)) return CURL_SOCKET_BAD;
    return open_unshared(NULL, purpose, address);
}

static int ask_guard(void *data, char *remote, char *local, int remote_port, int local_port) {
    struct guarding *guarding = data;
    struct sockaddr_in ip4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6};
    (void)local, (void)remote_port, (void)local_port;
    int ok = 0;
    if (inet_pton(AF_INET, remote, &ip4.sin_addr) == 1)
        ok = guarding->guard((struct sockaddr *)&ip4, sizeof ip4, guarding->context);
    else if (inet_pton(AF_INET6, remote, &ip6.sin6_addr) == 1)
        ok = guarding->guard((struct sockaddr *)&ip6, sizeof ip6, guarding->context);
    return ok ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

CURLcode shim_curl_set_guard(CURL *handle, shim_curl_guard guard, void *context) {
    char *old = NULL;
    lib.easy_getinfo(handle, CURLINFO_PRIVATE, &old);
    free(old);
    struct guarding *guarding = NULL;
    if (guard) {
        guarding = malloc(sizeof *guarding);
        if (!guarding) return CURLE_OUT_OF_MEMORY;
        *guarding = (struct guarding){guard, context};
    }
    lib.easy_setopt(handle, CURLOPT_PRIVATE, guarding);
    lib.easy_setopt(handle, CURLOPT_PREREQDATA, guarding);
    lib.easy_setopt(handle, CURLOPT_PREREQFUNCTION, guarding ? ask_guard : NULL);
    lib.easy_setopt(handle, CURLOPT_OPENSOCKETDATA, guarding);
    return lib.easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, guarding ? open_guarded : open_unshared);
}

curl_off_t shim_curl_retry_after(CURL *handle) {
    curl_off_t seconds = 0;
    lib.easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
    return seconds;
}

char *shim_curl_url_part(const char *text, CURLUPart part) {
    char *found = NULL;
    if (!shim_curl_load()) return NULL;
    CURLU *url = lib.url();
    if (url && lib.url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) lib.url_get(url, part, &found, CURLU_DEFAULT_PORT);
    lib.url_cleanup(url);
    return found;
}

char *shim_curl_resolve(const char *base, const char *reference) {
    char *found = NULL;
    if (!shim_curl_load()) return NULL;
    CURLU *url = lib.url();
    /* Set a second time, a URL is resolved against the first: curl_url_set(3). */
    if (url && lib.url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK
        && lib.url_set(url, CURLUPART_URL, reference, 0) == CURLUE_OK)
        lib.url_get(url, CURLUPART_URL, &found, 0);
    lib.url_cleanup(url);
    return found;
}

void shim_curl_free(void *text) { lib.free(text); }
