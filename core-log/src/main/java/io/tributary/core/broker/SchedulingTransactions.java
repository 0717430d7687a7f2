package io.tributary.core.broker;

import io.tributary.core.api.PublishRequest;
import io.tributary.core.api.PublishResult;
import io.tributary.core.api.TransactionRequest;
import io.tributary.core.api.Transactions;
import io.tributary.core.model.BrokerException;
import io.tributary.core.model.ErrorCode;
import io.tributary.core.schedule.LogSchedule;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Makes of what is not due a record of the schedule, which is then part of the transaction like any other. */
final class SchedulingTransactions implements Transactions {
    private final Transactions transactions;
    private final LogSchedule schedule;
    private final InstantSource clock;

    SchedulingTransactions(Transactions transactions, LogSchedule schedule, InstantSource clock) {
        this.transactions = transactions;
        this.schedule = schedule;
        this.clock = clock;
    }

    @Override
    public CompletionStage<List<PublishResult>> commit(TransactionRequest request) {
        long now = clock.millis();
        if (request.records().stream().anyMatch(PublishRequest::retain)) {
            return CompletableFuture.failedFuture(
                new BrokerException(ErrorCode.INVALID_ARGUMENT, "a record of a transaction cannot be retained"));
        }
        if (request.records().stream().allMatch(record -> record.notBefore() == PublishRequest.AT_ONCE)) {
            return transactions.commit(request);
        }
        List<CompletableFuture<LogSchedule.Stored>> records = new ArrayList<>();
        for (PublishRequest record : request.records()) {
            records.add(record.notBefore() > now ? schedule.prepare(record).toCompletableFuture()
                : CompletableFuture.completedFuture(LogSchedule.Stored.asItIs(record.withNotBefore(PublishRequest.AT_ONCE))));
        }
        return CompletableFuture.allOf(records.toArray(new CompletableFuture<?>[0])).thenCompose(ready -> {
            List<LogSchedule.Stored> stored = records.stream().map(CompletableFuture::join).toList();
            return transactions.commit(new TransactionRequest(stored.stream().map(LogSchedule.Stored::request).toList(),
                request.settlements())).thenApply(results -> results(stored, results));
        });
    }

    private static List<PublishResult> results(List<LogSchedule.Stored> stored, List<PublishResult> results) {
        List<PublishResult> all = new ArrayList<>(results.size());
        for (int i = 0; i < results.size(); i++) {
            all.add(stored.get(i).result(results.get(i)));
        }
        return all;
    }
}
