package io.tributary.bench.load;

/** A part of a run whose cost is measured: what the server and the client have used since it began. */
final class Phase {
    private final long pid;
    private final ServerUsage before;
    private final double clientBefore = ClientCpu.seconds();
    private final long start = System.nanoTime();
    private long nanos;
    private double client;

    private Phase(long pid) {
        this.pid = pid;
        this.before = ServerUsage.of(pid);
    }

    /** Begins now. */
    static Phase begin(long pid) {
        return new Phase(pid);
    }

    /** Ends for the clock and the client; the server's usage is counted until it has come to rest. */
    Phase end() {
        nanos = System.nanoTime() - start;
        client = ClientCpu.seconds() - clientBefore;
        return this;
    }

    long nanos() {
        return nanos;
    }

    double clientCpuSeconds() {
        return client;
    }

    /** What the server used, from the beginning until it has come to rest after the end. */
    ServerUsage server() {
        return ServerUsage.atRest(pid).since(before);
    }
}
