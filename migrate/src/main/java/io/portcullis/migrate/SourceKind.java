package io.portcullis.migrate;

/** The systems from which the tool imports. */
enum SourceKind {
    /** yudao (ruoyi-vue-pro, yudao-cloud): accounts, clients and live tokens. */
    YUDAO,
    /** RuoYi: accounts. Its tokens are JWTs that no table lists. */
    RUOYI,
    /** Any other system: accounts by a query of the operator. */
    QUERY
}
