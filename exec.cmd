@rem `npm start` begins with `exec`, so that on POSIX no shell stands between npm's signals and the program. cmd.exe finds this.
@%*
