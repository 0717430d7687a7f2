package io.tributary.protocol.amqp.codec;

/** The tx class. */
public sealed interface TxMethod extends Method {
    record Select() implements TxMethod {
        static Select read(ArgumentReader in) {
            return new Select();
        }

        @Override
        public MethodType type() {
            return MethodType.TX_SELECT;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record SelectOk() implements TxMethod {
        static SelectOk read(ArgumentReader in) {
            return new SelectOk();
        }

        @Override
        public MethodType type() {
            return MethodType.TX_SELECT_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record Commit() implements TxMethod {
        static Commit read(ArgumentReader in) {
            return new Commit();
        }

        @Override
        public MethodType type() {
            return MethodType.TX_COMMIT;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record CommitOk() implements TxMethod {
        static CommitOk read(ArgumentReader in) {
            return new CommitOk();
        }

        @Override
        public MethodType type() {
            return MethodType.TX_COMMIT_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record Rollback() implements TxMethod {
        static Rollback read(ArgumentReader in) {
            return new Rollback();
        }

        @Override
        public MethodType type() {
            return MethodType.TX_ROLLBACK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }

    record RollbackOk() implements TxMethod {
        static RollbackOk read(ArgumentReader in) {
            return new RollbackOk();
        }

        @Override
        public MethodType type() {
            return MethodType.TX_ROLLBACK_OK;
        }

        @Override
        public void writeTo(ArgumentWriter out) {
            // no arguments
        }
    }
}
