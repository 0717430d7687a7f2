package io.tributary.core.schedule;

import io.tributary.core.api.Append;
import io.tributary.core.api.AppendResult;
import io.tributary.core.api.Partition;
import io.tributary.core.api.Topic;
import io.tributary.core.api.Topics;
import io.tributary.core.batch.BatchDecoder;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.model.Record;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A broker's topics, with a test between the schedule and the appends to their partitions. */
final class InterceptedTopics {
    /** Sees each append, and does it or not. */
    interface Interceptor {
        Append append(Step step, Partition partition, Supplier<Append> real);

        /** Whether a read of records fails, of the schedule's log. */
        default boolean failsRead(long from, long to) {
            return false;
        }
    }

    /** The steps of a round. */
    enum Step { CLAIM, TARGET, ENDS }

    private InterceptedTopics() {
    }

    static Topics of(Topics topics, Interceptor interceptor) {
        return proxy(Topics.class, topics, (name, arguments, result) -> {
            if (result instanceof Topic topic) {
                return of(topic, interceptor);
            }
            return name.equals("getOrCreate") ? ((CompletionStage<?>) result).thenApply(made -> of((Topic) made, interceptor)) : result;
        });
    }

    private static Topic of(Topic topic, Interceptor interceptor) {
        return proxy(Topic.class, topic,
            (name, arguments, result) -> result instanceof Partition partition ? of(partition, interceptor) : result);
    }

    private static Partition of(Partition partition, Interceptor interceptor) {
        return (Partition) Proxy.newProxyInstance(Partition.class.getClassLoader(), new Class<?>[] {Partition.class},
            (self, method, arguments) -> {
                if (method.getName().equals("readRecords") && partition.id().topic().equals(ScheduleLog.NAME)
                    && interceptor.failsRead((Long) arguments[0], (Long) arguments[0] + (Integer) arguments[1])) {
                    return CompletableFuture.failedFuture(new BrokerException(ErrorCode.STORAGE_FAILURE, "the test wants it"));
                }
                if (!method.getName().equals("append") && !method.getName().equals("appendWithGaps")) {
                    return invoke(() -> method.invoke(partition, arguments));
                }
                Step step = step(partition, (ByteBuffer) arguments[0]);
                return interceptor.append(step, partition, () -> appended(partition, method, arguments));
            });
    }

    private static Append appended(Partition partition, Method method, Object[] arguments) {
        try {
            return (Append) method.invoke(partition, arguments);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(String.valueOf(e.getMessage()), e);
        }
    }

    private static Step step(Partition partition, ByteBuffer batch) {
        if (!partition.id().topic().equals(ScheduleLog.NAME)) {
            return Step.TARGET;
        }
        List<Record> first = new ArrayList<>();
        BatchDecoder.decode(batch.duplicate(), 0, 1, null, first);
        return ScheduleLog.isClaim(first.get(0)) ? Step.CLAIM : Step.ENDS;
    }

    static Append failed(ErrorCode code) {
        CompletableFuture<AppendResult> failure = CompletableFuture.failedFuture(new BrokerException(code, "the test wants it"));
        return append(failure);
    }

    /** Never completes. */
    static Append hanging() {
        return append(new CompletableFuture<>());
    }

    static Append append(CompletionStage<AppendResult> result) {
        return new Append() {
            @Override
            public CompletionStage<AppendResult> accepted() {
                return result;
            }

            @Override
            public CompletionStage<AppendResult> durable() {
                return result;
            }
        };
    }

    private interface Result {
        Object of(String method, Object[] arguments, Object result);
    }

    private interface Call {
        Object run() throws IllegalAccessException, InvocationTargetException;
    }

    private static <T> T proxy(Class<T> type, T target, Result result) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
            (self, method, arguments) -> result.of(method.getName(), arguments, invoke(() -> method.invoke(target, arguments)))));
    }

    private static Object invoke(Call call) throws Throwable {
        try {
            return call.run();
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
