/* The checks are made for options that are constants where they are set. */
#define CURL_DISABLE_TYPECHECK
#include "CCurlShims.h"

#include <stdlib.h>
#include <sys/socket.h>

CURLcode shim_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_bytes(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_receiver(CURL *handle, CURLoption option, shim_curl_receiver value) {
    return curl_easy_setopt(handle, option, value);
}

CURLcode shim_curl_set_context(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

long shim_curl_status(CURL *handle) {
    long status = 0;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

CURLMcode shim_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

CURL *shim_curl_multi_ended(CURLM *handle, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(handle, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

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
    curl_easy_getinfo(handle, CURLINFO_PRIVATE, &old);
    free(old);
    struct guarding *guarding = NULL;
    if (guard) {
        guarding = malloc(sizeof *guarding);
        if (!guarding) return CURLE_OUT_OF_MEMORY;
        *guarding = (struct guarding){guard, context};
    }
    curl_easy_setopt(handle, CURLOPT_PRIVATE, guarding);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, guarding);
    return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, guarding ? open_guarded : NULL);
}

curl_off_t shim_curl_retry_after(CURL *handle) {
    curl_off_t seconds = 0;
    curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
    return seconds;
}

char *shim_curl_host(const char *text) {
    char *host = NULL;
    CURLU *url = curl_url();
    if (url && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) curl_url_get(url, CURLUPART_HOST, &host, 0);
    curl_url_cleanup(url);
    return host;
}
