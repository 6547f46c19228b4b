/* A program that ends at once. Without the C library: on a virtual machine the start of that costs more than all else,
   for it asks the processor what it is (CPUID), and the hypervisor answers. */
void _start(void)
{
#if defined(__x86_64__)
    __asm__ volatile("syscall" : : "a"(60), "D"(0));
#elif defined(__aarch64__)
    register long number __asm__("x8") = 93, status __asm__("x0") = 0;
    __asm__ volatile("svc 0" : : "r"(number), "r"(status));
#endif
    for (;;) {
    }
}
