/// The C library of the system, for the client: this is the one file that names it.
#if canImport(Glibc)
    @_exported @preconcurrency import Glibc
#elseif canImport(Musl)
    @_exported @preconcurrency import Musl
#elseif canImport(Darwin)
    @_exported @preconcurrency import Darwin
#endif
