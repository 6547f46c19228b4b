#ifndef SIDESTEP_CCURLSHIMS_H
#define SIDESTEP_CCURLSHIMS_H
/*
 * libcurl, loaded when it is first needed: it brings some twenty libraries along, which would cost every start of the
 * daemon milliseconds and every daemon megabytes. Its variadic functions come once for each type of value, since Swift
 * imports no variadics. The functions below are called after shim_curl_load() has returned 1.
 */
#include <curl/curl.h>

/* libcurl's memory is overwritten before it is freed: requests hold secrets. Loads libcurl.so.4 and initializes it; 1 when it is there, else 0. Any thread may call it. */
int shim_curl_load(void);

CURL *shim_curl_easy_init(void);
void shim_curl_easy_cleanup(CURL *handle);
const char *shim_curl_easy_strerror(CURLcode code);
struct curl_slist *shim_curl_slist_append(struct curl_slist *list, const char *text);
void shim_curl_slist_free_all(struct curl_slist *list);

typedef size_t (*shim_curl_receiver)(char *bytes, size_t size, size_t count, void *context);

CURLcode shim_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode shim_curl_set_size(CURL *handle, CURLoption option, curl_off_t value);
/* libcurl copies the text. */
CURLcode shim_curl_set_text(CURL *handle, CURLoption option, const char *value);
/* Not copied: the bytes live as long as the handle. */
CURLcode shim_curl_set_bytes(CURL *handle, CURLoption option, const void *value);
CURLcode shim_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode shim_curl_set_receiver(CURL *handle, CURLoption option, shim_curl_receiver value);
CURLcode shim_curl_set_context(CURL *handle, CURLoption option, void *value);
/* Asked whether an address may be used: before each connection (CURLOPT_OPENSOCKETFUNCTION), and before each request
   (CURLOPT_PREREQFUNCTION), which may go by a connection that another transfer has opened. */
typedef int (*shim_curl_guard)(const struct sockaddr *address, unsigned length, void *context);
CURLcode shim_curl_set_guard(CURL *handle, shim_curl_guard guard, void *context);
/* Connects, through proxy and TLS as the options say, and sends nothing: CURLOPT_CONNECT_ONLY. Blocks; `socket` is to be
   polled, and read and written by the two functions behind this one, which do not block (CURLE_AGAIN). */
CURLcode shim_curl_connect(CURL *handle, int *socket);
CURLcode shim_curl_send(CURL *handle, const void *bytes, size_t count, size_t *sent);
CURLcode shim_curl_receive(CURL *handle, void *bytes, size_t count, size_t *received);
/* What Retry-After says, seconds, be it a number or a date: CURLINFO_RETRY_AFTER; 0 without one. */
curl_off_t shim_curl_retry_after(CURL *handle);
/* A part of a URL as libcurl understands it, the port also where it is the scheme's own; NULL for no URL. The caller
   frees it with shim_curl_free(), as the URL that a reference means at another one. */
char *shim_curl_url_part(const char *url, CURLUPart part);
char *shim_curl_resolve(const char *base, const char *reference);
void shim_curl_free(void *text);
/* The status of the last response: CURLINFO_RESPONSE_CODE; 0 without one. */
long shim_curl_status(CURL *handle);
/* Bytes of requests that were sent: CURLINFO_REQUEST_SIZE. */
long shim_curl_request_size(CURL *handle);

CURLM *shim_curl_multi_init(void);
CURLMcode shim_curl_multi_set_long(CURLM *multi, CURLMoption option, long value);
void shim_curl_multi_add(CURLM *multi, CURL *handle);
void shim_curl_multi_remove(CURLM *multi, CURL *handle);
void shim_curl_multi_perform(CURLM *multi);
/* Waits until there is something to do, shim_curl_multi_wakeup() is called, or the time is over. */
void shim_curl_multi_poll(CURLM *multi, int milliseconds);
/* May be called by any thread. */
void shim_curl_multi_wakeup(CURLM *multi);
/* The next transfer that has ended, and how; NULL when there is none. */
CURL *shim_curl_multi_ended(CURLM *multi, CURLcode *result);
void shim_curl_multi_cleanup(CURLM *multi);

#endif
