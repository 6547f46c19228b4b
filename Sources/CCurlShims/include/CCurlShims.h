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
/* The status of the last response: CURLINFO_RESPONSE_CODE; 0 without one. */
long shim_curl_status(CURL *handle);
CURLMcode shim_curl_multi_set_long(CURLM *handle, CURLMoption option, long value);
/* The next transfer that has ended, and how; NULL when there is none. */
CURL *shim_curl_multi_ended(CURLM *handle, CURLcode *result);

#endif
