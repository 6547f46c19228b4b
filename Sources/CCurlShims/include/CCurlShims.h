#ifndef SIDESTEP_CCURLSHIMS_H
#define SIDESTEP_CCURLSHIMS_H
/* libcurl's variadic functions, one for each type of value: Swift imports no variadics. */
#include <curl/curl.h>

typedef size_t (*shim_curl_receiver)(char *bytes, size_t size, size_t count, void *context);

CURLcode shim_curl_set_long(CURL *handle, CURLoption option, long value);
CURLcode shim_curl_set_size(CURL *handle, CURLoption option, curl_off_t value);
/* libcurl copies the text. */
CURLcode shim_curl_set_text(CURL *handle, CURLoption option, const char *value);
/* Copied as well, as far as CURLOPT_POSTFIELDSIZE_LARGE says. */
CURLcode shim_curl_set_bytes(CURL *handle, CURLoption option, const void *value);
CURLcode shim_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value);
CURLcode shim_curl_set_receiver(CURL *handle, CURLoption option, shim_curl_receiver value);
CURLcode shim_curl_set_context(CURL *handle, CURLoption option, void *value);
/* Asked before each connection whether its address may be used: CURLOPT_OPENSOCKETFUNCTION. The context is that
   of CURLOPT_OPENSOCKETDATA. */
typedef int (*shim_curl_guard)(const struct sockaddr *address, unsigned length, void *context);
CURLcode shim_curl_set_guard(CURL *handle, shim_curl_guard guard, void *context);
/* What Retry-After says, seconds, be it a number or a date: CURLINFO_RETRY_AFTER; 0 without one. */
curl_off_t shim_curl_retry_after(CURL *handle);
/* The host of a URL as libcurl understands it; the caller frees it with curl_free(3). NULL for no URL. */
char *shim_curl_host(const char *url);
/* The status of the last response: CURLINFO_RESPONSE_CODE; 0 without one. */
long shim_curl_status(CURL *handle);
CURLMcode shim_curl_multi_set_long(CURLM *handle, CURLMoption option, long value);
/* The next transfer that has ended, and how; NULL when there is none. */
CURL *shim_curl_multi_ended(CURLM *handle, CURLcode *result);

#endif
