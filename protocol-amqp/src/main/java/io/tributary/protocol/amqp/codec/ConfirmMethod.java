package io.tributary.protocol.amqp.codec;

/** RabbitMQ's confirm class. */
public sealed interface ConfirmMethod extends Method {
    record Select(boolean noWait) implements ConfirmMethod {
        static Select read(ArgumentReader in) {
            return new Select(in.bit());
        }

        @Override
        public MethodType type() {
            return MethodType.CONFIRM_SELECT;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            out.bit(noWait);
        }
    }

    record SelectOk() implements ConfirmMethod {
        static SelectOk read(ArgumentReader in) {
            return new SelectOk();
        }

        @Override
        public MethodType type() {
            return MethodType.CONFIRM_SELECT_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }
}
