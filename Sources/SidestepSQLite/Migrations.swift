import Glibc
import SidestepModel

/// Numbered steps of the schema: forward only, each in a transaction of its own.
enum Migrations {
    /// In their order; the number of a migration is its place, from 1. A released one is never edited.
    static let all: [[UInt8]] = [
        PackageResources.m0001_core_sql, PackageResources.m0002_engine_sql,
        PackageResources.m0003_announce_sql,
        PackageResources.m0004_operate_sql,
        PackageResources.m0005_agents_sql,
        PackageResources.m0006_executors_sql,
        PackageResources.m0007_compensation_sql,
        PackageResources.m0008_acts_sql,
        PackageResources.m0009_chores_sql,
        PackageResources.m0010_early_signals_sql,
        PackageResources.m0011_memory_sql,
        PackageResources.m0012_place_sql,
        PackageResources.m0013_recording_sql,
        PackageResources.m0014_privacy_sql,
        PackageResources.m0015_see_sql,
        PackageResources.m0016_trace_sql,
        PackageResources.m0017_views_sql,
        PackageResources.m0018_counts_sql,
        PackageResources.m0019_paid_sql,
    ]

    static func version(_ connection: Connection) throws(Failure) -> Int {
        Int(try connection.value("PRAGMA user_version")) ?? 0
    }

    /// Applies what is missing; a database that has rows is backed up first.
    static func bringUpToDate(_ connection: Connection, _ path: String) throws {
        let version = try version(connection)
        if version == all.count { return }
        if version > 0 { try backUp(connection, path, version) }
        try apply(connection, from: version)
    }

    static func apply(
        _ connection: Connection, from version: Int, to last: Int = all.count
    ) throws(Failure) {
        for number in version..<last {
            let sql = String(decoding: all[number], as: UTF8.self)
            do {
                try connection.execute(
                    "BEGIN IMMEDIATE;\n\(sql)\n;PRAGMA user_version = \(number + 1);\nCOMMIT")
            } catch {
                if connection.isInTransaction { try connection.execute("ROLLBACK") }
                throw error
            }
        }
    }

    /// A copy for whoever wants the older daemon back: it has its name when it is whole and on the disk.
    private static func backUp(_ connection: Connection, _ path: String, _ version: Int) throws(Failure) {
        _ = try DatabaseCopy.write(
            to: "\(path).before-v\(all.count)-from-v\(version)", overwrites: true
        ) { draft throws(Failure) in try DatabaseCopy.copy(connection, to: draft) }
    }
}
