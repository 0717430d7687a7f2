package io.tributary.protocol.amqp.session;

import io.tributary.core.api.Settlement;
import io.tributary.protocol.amqp.codec.AmqpException;
import io.tributary.protocol.amqp.codec.BasicMethod;
import io.tributary.protocol.amqp.codec.ChannelMethod;
import io.tributary.protocol.amqp.codec.ConfirmMethod;
import io.tributary.protocol.amqp.codec.ContentProperties;
import io.tributary.protocol.amqp.codec.ExchangeMethod;
import io.tributary.protocol.amqp.codec.Frame;
import io.tributary.protocol.amqp.codec.Method;
import io.tributary.protocol.amqp.codec.MethodType;
import io.tributary.protocol.amqp.codec.QueueMethod;
import io.tributary.protocol.amqp.codec.ReplyCode;
import io.tributary.protocol.amqp.codec.TxMethod;
import io.tributary.protocol.amqp.codec.WireText;
import io.tributary.protocol.amqp.handler.Client;
import io.tributary.protocol.amqp.translate.Errors;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel. Its commands take effect in the order in which they came: while one waits for the core, those behind it wait too, and one
 * that could see the outcome of publications waits for these.
 */
final class ChannelSession {
    /** For an outcome that nobody needs once the channel is gone. */
    static final Consumer<Object> IGNORE = outcome -> { };

    private static final int COMMANDS_PER_RUN = 256;

    /** OPEN until an error of the client (CLOSING, until its close-ok) or its own close (CLOSED). */
    private enum State { OPEN, CLOSING, CLOSED }

    /** A command that has arrived; content only for basic.publish. */
    private record Command(Method method, @Nullable Content content) {
    }

    private final int number;
    private final ConnectionSession connection;
    private final Client client;
    private final ContentAssembler assembler;
    private final PublishSide publishSide;
    private final DeliverySide deliverySide;
    private final Queue<Command> deferred = new ArrayDeque<>();
    private @Nullable ChannelTransaction transaction;
    private State state = State.OPEN;
    private boolean waiting;
    private boolean running;
    private String lastQueue = "";

    ChannelSession(int number, ConnectionSession connection, Client client) {
        this.number = number;
        this.connection = connection;
        this.client = client;
        this.assembler = new ContentAssembler(services(connection).limits().maxBodyBytes());
        this.publishSide = new PublishSide(this);
        this.deliverySide = new DeliverySide(this, services(connection).limits().maxUnacknowledged());
    }

    private static Services services(ConnectionSession connection) {
        return connection.services();
    }

    ConnectionSession connection() {
        return connection;
    }

    Services services() {
        return connection.services();
    }

    Client client() {
        return client;
    }

    /** What is not committed yet; null unless the channel is transactional. */
    @Nullable ChannelTransaction transaction() {
        return transaction;
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    int heldBytes() {
        return assembler.heldBytes();
    }

    void send(Method method) {
        connection.outbound().method(number, method);
        connection.touch(this);
    }

    void sendContent(Method method, ContentProperties properties, byte @Nullable [] body) {
        connection.outbound().content(number, method, properties, body);
        connection.touch(this);
    }

    /** Has {@link #endTurn} called before the connection's turn ends. */
    void touch() {
        connection.touch(this);
    }

    void endTurn() {
        publishSide.endTurn();
        deliverySide.endTurn();
    }

    void pump() {
        deliverySide.pump();
    }

    // ---- frames

    /** Takes a frame; a body stays the caller's to release. */
    void onFrame(Frame frame) {
        if (state == State.CLOSING) {
            onFrameWhileClosing(frame);
        } else if (frame instanceof Frame.OfMethod ofMethod) {
            if (assembler.isWaiting()) {
                throw new AmqpException(ReplyCode.UNEXPECTED_FRAME, "expected a content's frame, got a method");
            }
            onMethod(ofMethod.method());
        } else if (frame instanceof Frame.OfHeader header) {
            onContent(assembler.header(header));
        } else if (frame instanceof Frame.OfBody body) {
            onContent(assembler.body(body.content()));
        }
    }

    /** Everything is thrown away until the client has agreed (section 4.2.2 of the reference: channel.close). */
    private void onFrameWhileClosing(Frame frame) {
        if (frame instanceof Frame.OfMethod ofMethod) {
            if (ofMethod.method() instanceof ChannelMethod.CloseOk) {
                connection.forget(number, this);
            } else if (ofMethod.method() instanceof ChannelMethod.Close) {
                connection.outbound().method(number, new ChannelMethod.CloseOk());
            }
        }
    }

    private void onMethod(Method method) {
        if (method instanceof BasicMethod.Publish publish) {
            assembler.begin(publish);
        } else {
            submit(new Command(method, null));
        }
    }

    private void onContent(@Nullable Content content) {
        if (content != null) {
            submit(new Command(content.method(), content));
        }
    }

    // ---- order

    private void submit(Command command) {
        if (!deferred.isEmpty() || running || !mayRun(command)) {
            deferred.add(command);
            connection.pressure().deferred(1);
        } else {
            run(command);
        }
    }

    private boolean mayRun(Command command) {
        return !waiting && !(publishSide.isBusy() && seesPublications(command.method()));
    }

    /** What a client may expect to find its earlier publications with. */
    private static boolean seesPublications(Method method) {
        return method instanceof QueueMethod || method instanceof ExchangeMethod || method instanceof BasicMethod.Get
            || method instanceof ChannelMethod.Close;
    }

    /** Runs what no longer has to wait. */
    void runDeferred() {
        if (running) {
            return;
        }
        running = true;
        try {
            for (int i = 0; i < COMMANDS_PER_RUN && state == State.OPEN; i++) {
                Command command = deferred.peek();
                if (command == null || !mayRun(command)) {
                    return;
                }
                deferred.remove();
                connection.pressure().deferred(-1);
                run(command);
            }
        } finally {
            running = false;
        }
        if (state == State.OPEN) {
            connection.mailbox().post(this::runDeferred);
        }
    }

    private void run(Command command) {
        try {
            Content content = command.content();
            if (content != null) {
                publishSide.publish(content);
            } else {
                execute(command.method());
            }
        } catch (RuntimeException failure) {
            fail(Errors.toAmqp(failure), command.method().type());
        }
    }

    /**
     * Holds up the channel until the core has answered, then goes on with {@code then}; a failure is the client's error.
     *
     * @param ifGone takes the outcome when the channel was closed meanwhile
     */
    <T> void await(CompletionStage<T> stage, MethodType type, Consumer<? super T> then, Consumer<? super T> ifGone) {
        waiting = true;
        stage.whenComplete((value, failure) -> connection.mailbox().post(() -> {
            waiting = false;
            if (state != State.OPEN) {
                if (failure == null) {
                    ifGone.accept(value);
                }
                return;
            }
            try {
                if (failure != null) {
                    throw Errors.toAmqp(failure);
                }
                then.accept(value);
            } catch (RuntimeException error) {
                fail(Errors.toAmqp(error), type);
            }
            runDeferred();
        }));
    }

    private void reply(CompletionStage<Method> stage, Method request, boolean noWait) {
        await(stage, request.type(), answer -> {
            if (!noWait) {
                send(answer);
            }
        }, IGNORE);
    }

    // ---- methods

    /** Acknowledgements come in rows, and go to the core together. */
    private static boolean settles(Method method) {
        return method instanceof BasicMethod.Ack || method instanceof BasicMethod.Nack || method instanceof BasicMethod.Reject;
    }

    private void execute(Method method) {
        if (!settles(method)) {
            deliverySide.flushSettled();
        }
        if (method instanceof BasicMethod basic) {
            executeBasic(basic);
        } else if (method instanceof QueueMethod queue) {
            executeQueue(queue);
        } else if (method instanceof ExchangeMethod.Declare declare) {
            reply(services().exchanges().declare(client, declare), method, declare.noWait());
        } else if (method instanceof ExchangeMethod.Delete delete) {
            reply(services().exchanges().delete(client, delete), method, delete.noWait());
        } else if (method instanceof ChannelMethod channelMethod) {
            executeChannel(channelMethod);
        } else if (method instanceof TxMethod tx) {
            executeTx(tx);
        } else if (method instanceof ConfirmMethod.Select select) {
            if (transaction != null) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "cannot switch from tx to confirm mode");
            }
            publishSide.confirmSelect();
            if (!select.noWait()) {
                send(new ConfirmMethod.SelectOk());
            }
        } else {
            refuse(method);
        }
    }

    private void executeTx(TxMethod method) {
        if (method instanceof TxMethod.Select) {
            if (publishSide.confirms()) {
                throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "cannot switch from confirm to tx mode");
            }
            transaction = transaction == null ? new ChannelTransaction(services()) : transaction;
            send(new TxMethod.SelectOk());
            return;
        }
        ChannelTransaction current = transaction;
        if (current == null) {
            throw new AmqpException(ReplyCode.PRECONDITION_FAILED, "channel is not transactional");
        }
        if (method instanceof TxMethod.Commit) {
            await(current.commit(), method.type(), report -> {
                report.accept(new Committed());
                send(new TxMethod.CommitOk());
            }, IGNORE);
        } else if (method instanceof TxMethod.Rollback) {
            deliverySide.putBack(current.rollback());
            send(new TxMethod.RollbackOk());
        } else {
            refuse(method);
        }
    }

    /** Tells the client, and the sources of its deliveries, what a commit has done. */
    private final class Committed implements ChannelTransaction.Outcome {
        @Override
        public void unroutable(Content content) {
            publishSide.unroutable(content);
        }

        @Override
        public void touched(DeliverySource source) {
            deliverySide.touch(source);
        }
    }

    private void executeBasic(BasicMethod method) {
        if (method instanceof BasicMethod.Ack ack) {
            deliverySide.settle(ack.deliveryTag(), ack.multiple(), Settlement.ACK);
        } else if (method instanceof BasicMethod.Nack nack) {
            deliverySide.settle(nack.deliveryTag(), nack.multiple(), nack.requeue() ? Settlement.REQUEUE : Settlement.REJECT);
        } else if (method instanceof BasicMethod.Reject reject) {
            deliverySide.settle(reject.deliveryTag(), false, reject.requeue() ? Settlement.REQUEUE : Settlement.REJECT);
        } else if (method instanceof BasicMethod.Consume consume) {
            deliverySide.consume(new BasicMethod.Consume(queueName(consume.queue()), consume.consumerTag(), consume.noLocal(),
                consume.noAck(), consume.exclusive(), consume.noWait(), consume.arguments()));
        } else if (method instanceof BasicMethod.Cancel cancel) {
            deliverySide.cancel(cancel);
        } else if (method instanceof BasicMethod.Get get) {
            deliverySide.get(new BasicMethod.Get(queueName(get.queue()), get.noAck()));
        } else if (method instanceof BasicMethod.Qos qos) {
            deliverySide.qos(qos);
            send(new BasicMethod.QosOk());
        } else if (method instanceof BasicMethod.Recover recover) {
            deliverySide.recover(recover.requeue());
            send(new BasicMethod.RecoverOk());
        } else if (method instanceof BasicMethod.RecoverAsync recover) {
            deliverySide.recover(recover.requeue());
        } else {
            refuse(method);
        }
    }

    private void executeQueue(QueueMethod method) {
        if (method instanceof QueueMethod.Declare declare) {
            declare(declare);
        } else if (method instanceof QueueMethod.Bind bind) {
            String queue = queueName(bind.queue());
            boolean ownName = bind.queue().isEmpty() && bind.routingKey().isEmpty();
            reply(services().bindings().bind(client, new QueueMethod.Bind(queue, bind.exchange(), ownName ? queue : bind.routingKey(),
                bind.noWait(), bind.arguments())), method, bind.noWait());
        } else if (method instanceof QueueMethod.Unbind unbind) {
            String queue = queueName(unbind.queue());
            boolean ownName = unbind.queue().isEmpty() && unbind.routingKey().isEmpty();
            reply(services().bindings().unbind(client, new QueueMethod.Unbind(queue, unbind.exchange(),
                ownName ? queue : unbind.routingKey(), unbind.arguments())), method, false);
        } else if (method instanceof QueueMethod.Purge purge) {
            reply(services().queueHandler().purge(client, new QueueMethod.Purge(queueName(purge.queue()), purge.noWait())), method,
                purge.noWait());
        } else if (method instanceof QueueMethod.Delete delete) {
            reply(services().queueHandler().delete(client, new QueueMethod.Delete(queueName(delete.queue()), delete.ifUnused(),
                delete.ifEmpty(), delete.noWait())), method, delete.noWait());
        } else {
            refuse(method);
        }
    }

    private void declare(QueueMethod.Declare method) {
        boolean serverNamed = method.queue().isEmpty() && !method.passive();
        String name = serverNamed ? ServerNames.next("amq.gen-") : queueName(method.queue());
        QueueMethod.Declare named = new QueueMethod.Declare(name, method.passive(), method.durable(), method.exclusive(),
            method.autoDelete(), method.noWait(), method.arguments());
        await(services().queueHandler().declare(client, named, serverNamed), method.type(), answer -> {
            lastQueue = name;
            if (named.exclusive() && !named.passive()) {
                connection.own(client.subscription(name));
            }
            if (!method.noWait()) {
                send(answer);
            }
        }, IGNORE);
    }

    /** An empty name stands for the queue declared last on this channel. */
    private String queueName(String name) {
        if (!name.isEmpty()) {
            return name;
        }
        if (lastQueue.isEmpty()) {
            throw new AmqpException(ReplyCode.NOT_FOUND, "no previously declared queue");
        }
        return lastQueue;
    }

    private void executeChannel(ChannelMethod method) {
        if (method instanceof ChannelMethod.Flow flow) {
            deliverySide.flow(flow.active());
            send(new ChannelMethod.FlowOk(flow.active()));
        } else if (method instanceof ChannelMethod.Close) {
            await(deliverySide.shutDown(), method.type(), done -> {
                state = State.CLOSED;
                dropDeferred();
                connection.outbound().method(number, new ChannelMethod.CloseOk());
                connection.forget(number, this);
            }, IGNORE);
        } else if (method instanceof ChannelMethod.Open) {
            throw new AmqpException(ReplyCode.CHANNEL_ERROR, "second 'channel.open' seen");
        } else if (!(method instanceof ChannelMethod.FlowOk)) {
            refuse(method);
        }
    }

    private static void refuse(Method method) {
        String name = method.type().name().toLowerCase(Locale.ROOT);
        String text = name.replaceFirst("_", ".").replace('_', '-');
        switch (method.type()) {
            case EXCHANGE_BIND, EXCHANGE_UNBIND ->
                throw new AmqpException(ReplyCode.NOT_IMPLEMENTED, text + " is not implemented");
            default -> throw new AmqpException(ReplyCode.COMMAND_INVALID, "unexpected " + text);
        }
    }

    // ---- ends

    /** Ends the channel, or the connection if the error is that grave. */
    void fail(AmqpException error, MethodType type) {
        if (error.connectionError()) {
            connection.fail(error, type);
            return;
        }
        if (state != State.OPEN) {
            return;
        }
        endTurn();
        state = State.CLOSING;
        assembler.reset();
        dropDeferred();
        CompletionStage<Void> ignored = deliverySide.shutDown();
        connection.outbound().method(number, new ChannelMethod.Close(error.code().code(), WireText.abbreviate(error.replyText()),
            type.classId(), type.methodId()));
        connection.touch(this);
    }

    /** The connection ends. */
    CompletionStage<Void> shutDown() {
        state = State.CLOSED;
        assembler.reset();
        dropDeferred();
        return deliverySide.shutDown();
    }

    private void dropDeferred() {
        connection.pressure().deferred(-deferred.size());
        deferred.clear();
    }
}
