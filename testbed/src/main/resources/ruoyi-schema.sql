CREATE TABLE sys_user (
    user_id     BIGINT(20) NOT NULL AUTO_INCREMENT,
    user_name   VARCHAR(30) NOT NULL,
    nick_name   VARCHAR(30) NOT NULL,
    user_type   VARCHAR(2) DEFAULT '00',
    password    VARCHAR(100) DEFAULT '',
    status      CHAR(1) DEFAULT '0',
    del_flag    CHAR(1) DEFAULT '0',
    login_ip    VARCHAR(128) DEFAULT '',
    create_time DATETIME,
    PRIMARY KEY (user_id)
);
CREATE TABLE sys_role (
    role_id   BIGINT(20) NOT NULL AUTO_INCREMENT,
    role_name VARCHAR(30) NOT NULL,
    role_key  VARCHAR(100) NOT NULL,
    status    CHAR(1) NOT NULL,
    del_flag  CHAR(1) DEFAULT '0',
    PRIMARY KEY (role_id)
);
CREATE TABLE sys_user_role (
    user_id BIGINT(20) NOT NULL,
    role_id BIGINT(20) NOT NULL,
    PRIMARY KEY (user_id, role_id)
);
