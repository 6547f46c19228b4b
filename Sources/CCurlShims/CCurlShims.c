/* The checks are made for options that are constants where they are set. */
#define CURL_DISABLE_TYPECHECK
#include "CCurlShims.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct {
    CURLcode (*global_init)(long);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
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

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int loaded;

static void load(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    int whole = found(library, "curl_global_init", &lib.global_init)
        && found(library, "curl_easy_init", &lib.easy_init)
        && found(library, "curl_easy_cleanup", &lib.easy_cleanup)
        && found(library, "curl_easy_setopt", &lib.easy_setopt)
        && found(library, "curl_easy_getinfo", &lib.easy_getinfo)
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
    loaded = whole && lib.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

int shim_curl_load(void) {
    pthread_once(&once, load);
    return loaded;
}

CURL *shim_curl_easy_init(void) { return lib.easy_init(); }
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

long shim_curl_status(CURL *handle) {
    long status = 0;
    lib.easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
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
    (void)purpose;
    if (!guarding->guard(&address->addr, address->addrlen, guarding->context)) return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
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
    lib.easy_setopt(handle, CURLOPT_OPENSOCKETDATA, guarding);
    return lib.easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, guarding ? open_guarded : NULL);
}

curl_off_t shim_curl_retry_after(CURL *handle) {
    curl_off_t seconds = 0;
    lib.easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
    return seconds;
}

char *shim_curl_host(const char *text) {
    char *host = NULL;
    if (!shim_curl_load()) return NULL;
    CURLU *url = lib.url();
    if (url && lib.url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) lib.url_get(url, CURLUPART_HOST, &host, 0);
    lib.url_cleanup(url);
    return host;
}

void shim_curl_free(void *text) { lib.free(text); }
