extension Concept {
  /// 120 concepts whose pictures differ most, the most distinct first: a prefix of the list is a good choice, too.
  ///
  /// Names are those of the Unicode CLDR 41 in lower case. The order was found by measuring: of about 220 candidates
  /// the one nearest to another (mean difference of 32 × 32 renderings, premultiplied red, green, blue, alpha) was
  /// dropped again and again; the last survivors come first, with ten everyday things pulled to the front.
  /// `ConceptTests` measures the distances of what is left.
  package static let all: [Concept] = [
    Concept("\u{1F34E}", "red apple"),  // 🍎
    Concept("\u{1F436}", "dog face"),  // 🐶
    Concept("\u{1F680}", "rocket"),  // 🚀
    Concept("\u{1F34C}", "banana"),  // 🍌
    Concept("\u{1F431}", "cat face"),  // 🐱
    Concept("\u{1F697}", "automobile"),  // 🚗
    Concept("\u{2764}", "red heart"),  // ❤
    Concept("\u{1F33B}", "sunflower"),  // 🌻
    Concept("\u{1F916}", "robot"),  // 🤖
    Concept("\u{26BD}", "soccer ball"),  // ⚽
    Concept("\u{1F511}", "key"),  // 🔑
    Concept("\u{1F43C}", "panda"),  // 🐼
    Concept("\u{2602}", "umbrella"),  // ☂
    Concept("\u{1F47B}", "ghost"),  // 👻
    Concept("\u{1F451}", "crown"),  // 👑
    Concept("\u{1F3B8}", "guitar"),  // 🎸
    Concept("\u{1F68C}", "bus"),  // 🚌
    Concept("\u{2708}", "airplane"),  // ✈
    Concept("\u{1F42F}", "tiger face"),  // 🐯
    Concept("\u{1F355}", "pizza"),  // 🍕
    Concept("\u{26F5}", "sailboat"),  // ⛵
    Concept("\u{2603}", "snowman"),  // ☃
    Concept("\u{1F41D}", "honeybee"),  // 🐝
    Concept("\u{1F347}", "grapes"),  // 🍇
    Concept("\u{1F344}", "mushroom"),  // 🍄
    Concept("\u{1F9A9}", "flamingo"),  // 🦩
    Concept("\u{1F349}", "watermelon"),  // 🍉
    Concept("\u{1F308}", "rainbow"),  // 🌈
    Concept("\u{1F3E0}", "house"),  // 🏠
    Concept("\u{1F383}", "jack-o-lantern"),  // 🎃
    Concept("\u{1F419}", "octopus"),  // 🐙
    Concept("\u{2B50}", "star"),  // ⭐
    Concept("\u{1F984}", "unicorn"),  // 🦄
    Concept("\u{1F98A}", "fox"),  // 🦊
    Concept("\u{1F681}", "helicopter"),  // 🚁
    Concept("\u{1F354}", "hamburger"),  // 🍔
    Concept("\u{1F98B}", "butterfly"),  // 🦋
    Concept("\u{1F335}", "cactus"),  // 🌵
    Concept("\u{1F989}", "owl"),  // 🦉
    Concept("\u{1F525}", "fire"),  // 🔥
    Concept("\u{1F353}", "strawberry"),  // 🍓
    Concept("\u{1F980}", "crab"),  // 🦀
    Concept("\u{2600}", "sun"),  // ☀
    Concept("\u{1F420}", "tropical fish"),  // 🐠
    Concept("\u{1F986}", "duck"),  // 🦆
    Concept("\u{1F422}", "turtle"),  // 🐢
    Concept("\u{1F388}", "balloon"),  // 🎈
    Concept("\u{1F41E}", "lady beetle"),  // 🐞
    Concept("\u{1F34B}", "lemon"),  // 🍋
    Concept("\u{1F34D}", "pineapple"),  // 🍍
    Concept("\u{1F438}", "frog"),  // 🐸
    Concept("\u{1F332}", "evergreen tree"),  // 🌲
    Concept("\u{1F427}", "penguin"),  // 🐧
    Concept("\u{1F3C0}", "basketball"),  // 🏀
    Concept("\u{1F369}", "doughnut"),  // 🍩
    Concept("\u{1F3B9}", "musical keyboard"),  // 🎹
    Concept("\u{1F30A}", "water wave"),  // 🌊
    Concept("\u{1FAA3}", "bucket"),  // 🪣
    Concept("\u{1F319}", "crescent moon"),  // 🌙
    Concept("\u{1F9B4}", "bone"),  // 🦴
    Concept("\u{1F9A2}", "swan"),  // 🦢
    Concept("\u{1F3A1}", "ferris wheel"),  // 🎡
    Concept("\u{1F9F2}", "magnet"),  // 🧲
    Concept("\u{1F3BE}", "tennis"),  // 🎾
    Concept("\u{1F9B7}", "tooth"),  // 🦷
    Concept("\u{1F993}", "zebra"),  // 🦓
    Concept("\u{1F682}", "locomotive"),  // 🚂
    Concept("\u{2709}", "envelope"),  // ✉
    Concept("\u{2702}", "scissors"),  // ✂
    Concept("\u{1F4F7}", "camera"),  // 📷
    Concept("\u{1F9E6}", "socks"),  // 🧦
    Concept("\u{1F9CA}", "ice"),  // 🧊
    Concept("\u{1F418}", "elephant"),  // 🐘
    Concept("\u{1F4BB}", "laptop"),  // 💻
    Concept("\u{26F2}", "fountain"),  // ⛲
    Concept("\u{1F951}", "avocado"),  // 🥑
    Concept("\u{1F460}", "high-heeled shoe"),  // 👠
    Concept("\u{2693}", "anchor"),  // ⚓
    Concept("\u{1F941}", "drum"),  // 🥁
    Concept("\u{1F47D}", "alien"),  // 👽
    Concept("\u{1F4FA}", "television"),  // 📺
    Concept("\u{1F42E}", "cow face"),  // 🐮
    Concept("\u{1F433}", "spouting whale"),  // 🐳
    Concept("\u{1F52C}", "microscope"),  // 🔬
    Concept("\u{1F439}", "hamster"),  // 🐹
    Concept("\u{1F338}", "cherry blossom"),  // 🌸
    Concept("\u{1F48E}", "gem stone"),  // 💎
    Concept("\u{1F36D}", "lollipop"),  // 🍭
    Concept("\u{1F37A}", "beer mug"),  // 🍺
    Concept("\u{1F6F5}", "motor scooter"),  // 🛵
    Concept("\u{2699}", "gear"),  // ⚙
    Concept("\u{1F32E}", "taco"),  // 🌮
    Concept("\u{1F4DA}", "books"),  // 📚
    Concept("\u{2615}", "hot beverage"),  // ☕
    Concept("\u{1F988}", "shark"),  // 🦈
    Concept("\u{1F42A}", "camel"),  // 🐪
    Concept("\u{1F30B}", "volcano"),  // 🌋
    Concept("\u{1F69C}", "tractor"),  // 🚜
    Concept("\u{1F966}", "broccoli"),  // 🥦
    Concept("\u{1F411}", "ewe"),  // 🐑
    Concept("\u{1F921}", "clown face"),  // 🤡
    Concept("\u{1F45F}", "running shoe"),  // 👟
    Concept("\u{1F6F8}", "flying saucer"),  // 🛸
    Concept("\u{1F3F0}", "castle"),  // 🏰
    Concept("\u{1F54A}", "dove"),  // 🕊
    Concept("\u{1F414}", "chicken"),  // 🐔
    Concept("\u{1F42C}", "dolphin"),  // 🐬
    Concept("\u{1F3C6}", "trophy"),  // 🏆
    Concept("\u{1F3B7}", "saxophone"),  // 🎷
    Concept("\u{1F3AA}", "circus tent"),  // 🎪
    Concept("\u{23F0}", "alarm clock"),  // ⏰
    Concept("\u{2601}", "cloud"),  // ☁
    Concept("\u{1F6B2}", "bicycle"),  // 🚲
    Concept("\u{1F99C}", "parrot"),  // 🦜
    Concept("\u{1F6A2}", "ship"),  // 🚢
    Concept("\u{1F3AF}", "bullseye"),  // 🎯
    Concept("\u{1F430}", "rabbit face"),  // 🐰
    Concept("\u{1F363}", "sushi"),  // 🍣
    Concept("\u{1F514}", "bell"),  // 🔔
    Concept("\u{1F456}", "jeans"),  // 👖
  ]
}
