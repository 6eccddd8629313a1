"""Which characters are of a script without spaces, and which are punctuation: parts of regular expressions."""

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
UNSPACED = HAN + "\u3040-\u30ff\u31f0-\u31ff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # scripts that part no words by spaces
PUNCTUATION = r"!-/:-@\[-`{-~¡-§«-¯¶-¸»¿‐-‧‰-⁞、-〃〈-〟〰！-／：-＠［-｀｛-･،؛؟।॥՝。"
